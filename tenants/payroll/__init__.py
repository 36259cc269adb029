"""Payroll: what contacts are paid for approved hours, each line once, and the files that carry it to the payroll system (B9)."""
