# syntax=docker/dockerfile:1
# An image with `mock-electron serve`; see docs/containers.md.
ARG PYTHON=3.13
ARG VERSION=0.1.0

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY mock_electron ./mock_electron
RUN python -m venv /opt/mock-electron \
    && /opt/mock-electron/bin/pip install --no-cache-dir ".[watch]"

FROM python:${PYTHON}-slim
ARG VERSION
LABEL org.opencontainers.image.title="mock-electron" \
      org.opencontainers.image.description="A deterministic fake of Smallest AI's Electron chat endpoint" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/mock-electron /opt/mock-electron
RUN useradd --system --uid 10001 --no-create-home mock-electron \
    && mkdir /scripts
ENV PATH=/opt/mock-electron/bin:$PATH \
    MOCK_ELECTRON_HOST=0.0.0.0 \
    MOCK_ELECTRON_SCRIPT=/scripts \
    MOCK_ELECTRON_WATCH=true
# A mock-electron.toml among the scripts is found here.
WORKDIR /scripts
USER 10001:10001
EXPOSE 8787
# It reads the same variables and the same file as the server.
HEALTHCHECK --interval=5s --timeout=5s --start-period=15s CMD ["mock-electron", "ready"]
ENTRYPOINT ["mock-electron"]
CMD ["serve"]
