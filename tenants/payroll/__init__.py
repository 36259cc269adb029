"""Payroll: what contacts are paid for approved hours, each line once, and the files the payroll system reads (B9)."""
