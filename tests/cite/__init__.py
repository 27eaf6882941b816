"""The OGC's own test suite of OGC API - Features, run against the service (`make cite`)."""
