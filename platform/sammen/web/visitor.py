"""What is known of somebody who has not logged in: where they come from on the net, as coarse as counting needs."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one. Anything else stands as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:80]
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
