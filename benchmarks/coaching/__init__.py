"""Coaching judged on simulated companies: the ranking, the proof and the guardrails."""
