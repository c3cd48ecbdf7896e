"""The cases that newspapers reported from 2022 to 2024, one chapter each.

Places are those of that time; what was not printed is left out or noted in words.
"""
