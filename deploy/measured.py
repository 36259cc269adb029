"""A process's metrics, served on their own port where the settings name one."""

from __future__ import annotations

from importlib.metadata import version

from deploy.checks import StartError
from deploy.database import newest_version
from sammen.settings import Settings
from sammen.traffic.metrics import Metrics


def serve_metrics(metrics: Metrics, settings: Settings) -> bool:
    """Begin to answer; False where no port is named. StartError when it is taken: two processes need a port each."""
    if not settings.metrics_port:
        return False
    metrics.build.labels(version("sammen"), newest_version()).set(1)
    try:
        metrics.serve(settings.metrics_port, settings.host)
    except OSError:
        raise StartError(
            f"Porten {settings.metrics_port} i SAMMEN_METRICS_PORT er opptatt. Gi hver prosess sin egen."
        ) from None
    return True
