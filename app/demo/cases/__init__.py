"""The cases that newspapers told of from 2022 to 2024, one chapter each.

Places stand as they were then; what was not printed is left out or said in words.
"""
