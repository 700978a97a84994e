// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Kiln.Cache;
using Kiln.Dockerfile.Instructions;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>
/// What a step's keys are made of, but for what it stands on and what is in the files that it reads. A pure function: everything that can change the layer is a part, and nothing else is. Names of
/// stages, places in the file, titles, comments, and what the history says are none.
/// </summary>
internal static class StepParts
{
    internal static ImmutableArray<KeyPart> Of(BuildStep step, StepInputs inputs)
    {
        var parts = ImmutableArray.CreateBuilder<KeyPart>();
        switch (step)
        {
            case RunStep run:
                AddRun(run, inputs, parts);
                break;
            case CopyStep copy:
                AddCopy(copy, parts);
                break;
            case WorkdirStep workdir:
                parts.Add(KeyPart.Of("instruction", "WORKDIR"));
                parts.Add(KeyPart.Of("path", workdir.Path));
                parts.Add(KeyPart.Of("user", workdir.User));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        if (inputs.Epoch is { } epoch)
            parts.Add(KeyPart.Of("SOURCE_DATE_EPOCH", $"{Text(epoch.Epoch.Seconds)}.{Text(epoch.Epoch.Nanoseconds)}{(epoch.All ? " for every time" : "")}"));
        for (int i = 0; i < inputs.Ignored.Length; i++)
            parts.Add(KeyPart.Of($"ignored path {Text(i)}", inputs.Ignored[i]));
        parts.Add(KeyPart.Of("compression", $"{inputs.Compression.Compression} {Text(inputs.Compression.Level)}"));
        return parts.ToImmutable();
    }

    private static void AddRun(RunStep run, StepInputs inputs, ImmutableArray<KeyPart>.Builder parts)
    {
        parts.Add(KeyPart.Of("instruction", "RUN"));
        for (int i = 0; i < run.Arguments.Length; i++)
            parts.Add(KeyPart.Of($"argument {Text(i)}", run.Arguments[i]));
        AddEnvironment(run.Environment, parts);
        parts.Add(KeyPart.Of("working directory", run.WorkingDirectory));
        parts.Add(KeyPart.Of("user", run.User));
        if (run.NumbersAreGroups)
            parts.Add(KeyPart.Of("groups of numbers", "the same"));
        if (run.Network == RunNetwork.None)
            parts.Add(KeyPart.Of("network", "none"));
        if (run.Script is { } script)
        {
            parts.Add(KeyPart.Of("script", script.Content));
            parts.Add(KeyPart.Of("script path", script.Path));
        }
        for (int i = 0; i < run.Mounts.Length; i++)
            parts.Add(Mount($"mount {Text(i)}", run.Mounts[i], inputs));
        parts.Add(KeyPart.Of("platform", inputs.Platform.ToString()));
        if (inputs.AllowsMetadata)
            parts.Add(KeyPart.Of("cloud metadata", "allowed"));
        if (RungTraitsTable.For(run, inputs.Rung) is not RungTraits.None and var traits)
            parts.Add(KeyPart.Of("isolation", traits.ToString()));
    }

    /// <summary>Each variable by its name, and the order of the names, which a step can see.</summary>
    private static void AddEnvironment(ImmutableArray<string> environment, ImmutableArray<KeyPart>.Builder parts)
    {
        using var order = new KeyWriter("environment");
        foreach (string variable in environment)
        {
            int end = variable.IndexOf('=');
            order.Write(variable[..end]);
            parts.Add(KeyPart.Of($"env {variable[..end]}", variable[(end + 1)..]));
        }
        parts.Add(KeyPart.Of("order of variables", order.Complete()));
    }

    private static KeyPart Mount(string name, StepMount mount, StepInputs inputs)
    {
        using var writer = new KeyWriter("mount");
        writer.Write(mount.Type.ToString());
        writer.Write(mount.Target ?? "");
        writer.Write(mount.Target is null ? 0 : 1);
        writer.Write(mount.ReadOnly ? 1 : 0);
        writer.Write(mount.Id);
        writer.Write(mount.Source);
        writer.Write(mount.Size ?? -1);
        writer.Write(mount.Mode);
        writer.Write(mount.Uid);
        writer.Write(mount.Gid);
        writer.Write(mount.Variable ?? "");
        writer.Write(mount.Variable is null ? 0 : 1);
        // What is there when nobody gave it is nothing, and a step may do without.
        bool given = mount.Type switch
        {
            MountType.Secret => inputs.Secrets.ContainsKey(mount.Id),
            MountType.Ssh => inputs.SshAgents.Contains(mount.Id),
            _ => true,
        };
        writer.Write(given ? 1 : 0);
        if (mount.Type == MountType.Secret && inputs.Secrets.GetValueOrDefault(mount.Id) is { } value)
            writer.Write(value.ToString());
        return KeyPart.Of(name, writer.Complete());
    }

    private static void AddCopy(CopyStep copy, ImmutableArray<KeyPart>.Builder parts)
    {
        // `ADD` of files that nothing is unpacked of is a `COPY`.
        parts.Add(KeyPart.Of("instruction", "COPY"));
        parts.Add(KeyPart.Of("sources", Text(copy.Sources.Length)));
        for (int i = 0; i < copy.Sources.Length; i++)
            if (copy.Sources[i].UnpackArchives)
                parts.Add(KeyPart.Of($"source {Text(i)}", "archives are unpacked"));
        for (int i = 0; i < copy.Heredocs.Length; i++)
        {
            parts.Add(KeyPart.Of($"heredoc {Text(i)}", copy.Heredocs[i].Name));
            parts.Add(KeyPart.Of($"content of heredoc {Text(i)}", copy.Heredocs[i].Content));
        }
        parts.Add(KeyPart.Of("destination", copy.Destination));
        if (copy.Chown is not null)
            parts.Add(KeyPart.Of("--chown", copy.Chown));
        if (copy.UnlessChown is not null)
            parts.Add(KeyPart.Of("owner without --chown", copy.UnlessChown));
        if (copy.Chmod is not null)
            parts.Add(KeyPart.Of("--chmod", copy.Chmod));
        if (copy.Link)
            parts.Add(KeyPart.Of("--link", "yes"));
        if (copy.Parents)
            parts.Add(KeyPart.Of("--parents", "yes"));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
