"""Sammen's ground floor: tenancy, identity, policy, audit, database, jobs and web. It knows no municipality's work."""
