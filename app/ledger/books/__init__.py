"""The books of organisations (sổ thu của tổ chức): money of direct customers, who pay without a group."""
