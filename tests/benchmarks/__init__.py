"""What must be fast, measured on this machine: `make bench`. Figures are ratios within one run, never times to test by."""
