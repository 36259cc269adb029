"""What an operator's monitoring reads: counts and seconds, by route template and job name. Never a place, never a person.

Each process has its own; they are served on a port of their own (`SAMMEN_METRICS_PORT`), which is not for the public.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})
"""The methods that there are routes for, or that browsers send by themselves; others are counted together."""
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(slots=True)
class Metrics:
    """The measures of one process, in a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    in_progress: Gauge = field(init=False)
    refused: Counter = field(init=False)
    connections: Gauge = field(init=False)
    jobs: Counter = field(init=False)
    job_seconds: Histogram = field(init=False)
    waiting: Gauge = field(init=False)
    dead: Gauge = field(init=False)
    oldest_job: Gauge = field(init=False)
    oldest_unsealed: Gauge = field(init=False)
    notices: Gauge = field(init=False)
    build: Gauge = field(init=False)

    def __post_init__(self) -> None:
        to = self.registry
        self.requests = Counter(
            "sammen_requests", "Answers given", ("method", "route", "status"), registry=to
        )
        self.seconds = Histogram(
            "sammen_request_seconds", "Seconds to an answer", ("route",), buckets=SECONDS, registry=to
        )
        self.in_progress = Gauge("sammen_requests_in_progress", "Requests under way", registry=to)
        self.refused = Counter("sammen_refused", "Requests refused for being too many", ("why",), registry=to)
        self.connections = Gauge(
            "sammen_database_connections", "Connections of the process", ("state",), registry=to
        )
        self.jobs = Counter("sammen_jobs", "Jobs tried", ("job", "outcome"), registry=to)
        self.job_seconds = Histogram(
            "sammen_job_seconds", "Seconds a job took", ("job",), buckets=(*SECONDS, 60, 600), registry=to
        )
        self.waiting = Gauge("sammen_jobs_waiting", "Jobs that wait or run", registry=to)
        self.dead = Gauge("sammen_jobs_dead", "Jobs that have been given up", registry=to)
        self.oldest_job = Gauge(
            "sammen_oldest_job_seconds", "Age of the job that is most overdue", registry=to
        )
        self.oldest_unsealed = Gauge(
            "sammen_oldest_unsealed_seconds", "Age of the oldest entry that no seal covers", registry=to
        )
        self.notices = Gauge(
            "sammen_notices_waiting", "Notices that have not left", ("channel",), registry=to
        )
        self.build = Gauge("sammen_build_info", "1, with what runs", ("version", "revision"), registry=to)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has had its answer. `route` is the template, which holds no id."""
        # Whoever asks chooses the method, and may choose a new one each time: each word would be kept for ever.
        self.requests.labels(method if method in METHODS else "OTHER", route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def pool(self, in_use: Callable[[], int], size: Callable[[], int]) -> None:
        """Read the pool's connections when asked."""
        self.connections.labels("in_use").set_function(in_use)
        self.connections.labels("free").set_function(lambda: size() - in_use())

    def serve(self, port: int, host: str) -> None:
        """Answer GET /metrics on a port of its own, from a thread of its own. OSError when the port is taken."""
        start_http_server(port, addr=host, registry=self.registry)
