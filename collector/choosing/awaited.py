# SPDX-License-Identifier: Apache-2.0
"""Events and sets that people know by these names, and that the catalogue does not have yet.

A rule that names one waits for it; any other name that is not there is a mistake.
"""

_EVENTS = """
execute_finished net_flow_tcp_begin net_flow_tcp_end net_packet_dns net_packet_dns_request
net_packet_dns_response net_packet_http net_packet_http_request net_packet_http_response
net_packet_icmp net_packet_icmpv6 net_packet_ipv4 net_packet_ipv6 net_packet_tcp net_packet_udp
net_tcp_connect
"""
_SETS = "dns http network network_events packets tcp udp"

#: names of events and sets that are waited for
AWAITED: frozenset[str] = frozenset([*_EVENTS.split(), *_SETS.split()])
