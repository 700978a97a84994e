// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning.Sources;

namespace Kiln.Tests.Planning;

/// <summary>Stands for the registry: the configurations of the base images that the conformance cases start from.</summary>
internal static class BaseImages
{
    public const string PathVariable = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly ContainerConfig Base = new() { Env = [PathVariable], Cmd = ["sh"] };

    public static ImageConfig Find(ImageSource image) => image.Reference.ToString().Split('/')[^1].Split(':')[0] switch
    {
        "conf-base" => Image(Base),
        "conf-shell" => Image(Base with { Shell = ["/bin/sh", "-e", "-c"] }),
        "conf-onbuild" => Image(Base with
        {
            OnBuild = ["COPY trigger.txt /trigger.txt", "RUN echo onbuild > /onbuild", "ENV TRIGGERED=1"],
        }),
        "conf-rich" => Image(Base with
        {
            Entrypoint = ["/bin/echo", "rich"],
            Cmd = ["a", "b"],
            User = "app",
            WorkingDir = "/srv/dir",
            Env = [PathVariable, "INHERITED=from-base", "EMPTY="],
            Labels = StringMap.Empty.Add("base", "yes").Add("keep", "1"),
            ExposedPorts = StringMap.EmptySet.Add("80/tcp"),
            Volumes = StringMap.EmptySet.Add("/data"),
            StopSignal = "SIGINT",
            Healthcheck = new HealthcheckConfig { Test = ["CMD", "true"], IntervalNanoseconds = 5_000_000_000 },
        }),
        var other => throw DiagnosticRules.InvalidReference.Error($"{other}: not found"),
    };

    public static ImageConfig Image(ContainerConfig config) => new()
    {
        Architecture = "amd64",
        Os = "linux",
        Config = config,
        RootFs = new RootFs { DiffIds = [Digest.Parse($"sha256:{new string('1', 64)}")] },
        History = [new HistoryEntry { CreatedBy = "base" }],
    };
}
