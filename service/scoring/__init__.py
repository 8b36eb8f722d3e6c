"""The scoring job: bundle + facts as of now -> immutable snapshots that the web process answers from."""
