"""Audits of several lanes as documents for other programs: JSON, JUnit XML, SARIF and GitHub."""
