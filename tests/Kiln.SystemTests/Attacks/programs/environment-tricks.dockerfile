# Variables by which loaders and runtimes are led astray; the builder's second stage must not read them.
FROM base
ENV LD_PRELOAD=/srv/evil.so LD_LIBRARY_PATH=/srv DOTNET_STARTUP_HOOKS=/srv/evil.dll DOTNET_ROOT=/srv COMPlus_EnableDiagnostics=1 DOTNET_DiagnosticPorts=/srv/port \
    CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER_PATH=/srv/evil.so DOTNET_gcServer=1 TMPDIR=/srv DOTNET_BUNDLE_EXTRACT_BASE_DIR=/srv DOTNET_EnableEventPipe=1
RUN ls /srv > /dev/null; echo attack over
