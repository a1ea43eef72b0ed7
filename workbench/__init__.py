"""Terminal workbench for analysts who hunt coordinated fake-account campaigns in AI API logs."""

__version__ = "0.1.0"
