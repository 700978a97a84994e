// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Kiln.SystemTests.Build;

namespace Kiln.SystemTests.Deploy;

/// <summary>
/// A container of a pod as the kubelet and containerd make it: what the pod's security context says for all, and the container's own; an `emptyDir` that belongs to
/// the pod's group, a secret's chosen keys as files, a claim as a directory that the test names.
/// </summary>
internal static class PodContainer
{
    private static readonly string[] DefaultCapabilities = [.. Podman.DockersRestrictions.SkipWhile(word => word != "--cap-drop")];

    /// <summary>The container with its volumes made below the place.</summary>
    /// <param name="container">The container's fields.</param>
    /// <param name="pod">The fields that hold `volumes` and `securityContext`.</param>
    /// <param name="place">Where directories are made, and what secrets and claims hold.</param>
    public static CallerContainer Read(JsonNode container, JsonNode pod, ExamplePlace place)
    {
        JsonNode? own = container["securityContext"], all = pod["securityContext"];
        string? uid = (own?["runAsUser"] ?? all?["runAsUser"])?.ToString(), gid = (own?["runAsGroup"] ?? all?["runAsGroup"])?.ToString();
        if ((bool?)all?["runAsNonRoot"] is true && uid is null or "0")
            throw new InvalidOperationException("the kubelet would not start it: runAsNonRoot, and no user");
        var mounts = new Dictionary<string, string>();
        foreach (JsonNode? mount in container["volumeMounts"] as JsonArray ?? [])
        {
            JsonNode volume = ((JsonArray)pod["volumes"]!).Single(volume => (string)volume!["name"]! == (string)mount!["name"]!)!;
            mounts[(string)mount!["mountPath"]!] = place.Volume(volume, all?["fsGroup"]?.ToString()) + ((bool?)mount["readOnly"] is true ? ":ro" : "");
        }
        return new CallerContainer
        {
            Image = (string)container["image"]!,
            Command = Words(container["command"]),
            Arguments = Words(container["args"]) ?? [],
            Environment = (container["env"] as JsonArray ?? []).ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!),
            WorkingDirectory = (string?)container["workingDir"],
            Mounts = mounts,
            Restrictions =
            [
                .. Podman.DockersRefusals,
                .. (own?["capabilities"]?["drop"] as JsonArray)?.Select(name => (string)name!).Contains("ALL") is true ? ["--cap-drop", "ALL"] : DefaultCapabilities,
                .. (bool?)own?["allowPrivilegeEscalation"] is false ? ["--security-opt", "no-new-privileges"] : Array.Empty<string>(),
                .. (bool?)own?["readOnlyRootFilesystem"] is true ? ["--read-only", "--read-only-tmpfs=false"] : Array.Empty<string>(),
                .. uid is not null ? ["--user", gid is null ? uid : $"{uid}:{gid}"] : Array.Empty<string>(),
                .. all?["fsGroup"] is { } group ? ["--group-add", group.ToString()] : Array.Empty<string>(),
            ],
        };
    }

    private static string[]? Words(JsonNode? words) => (words as JsonArray)?.Select(word => (string)word!).ToArray();
}
