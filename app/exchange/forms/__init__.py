"""The official forms (biểu mẫu), as sheets and documents; pure layouts, no database."""
