// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Kiln.Build.Caching;
using Kiln.Cache;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Build.Caching;

/// <summary>
/// Hunts for two inputs of one key: pairs that differ in little, made of few letters so that what is in one field of one is in another field of the other. What an input is, is told by a document that has
/// nothing to do with keys. KILN_TEST_KEYS says how many pairs.
/// </summary>
public sealed class KeyHuntTests
{
    private const int Usual = 20_000;

    private static readonly SourceSpan Nowhere = new SourceText("Dockerfile", "x").SpanOfLine(1);

    [Fact]
    public void Different_inputs_have_different_keys()
    {
        int pairs = Environment.GetEnvironmentVariable("KILN_TEST_KEYS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Usual;
        int different = 0;

        Parallel.For(0, Environment.ProcessorCount, worker =>
        {
            var random = new Random(worker);
            for (int i = worker; i < pairs; i += Environment.ProcessorCount)
            {
                Input one = Make(random), other = random.Next(4) == 0 ? Make(random) : Change(one, random);
                bool same = Describe(one) == Describe(other);
                Assert.True(KeyOf(one) == KeyOf(other) == same, $"{Describe(one)}\n{Describe(other)}");
                if (!same)
                    Interlocked.Increment(ref different);
            }
        });

        Assert.InRange(different, pairs / 2, pairs);
    }

    private static CacheKey KeyOf(Input input) => new StepKey(input.Step, Digest.Sha256([(byte)input.Below]), [.. StepParts.Of(input.Step, input.Around), .. input.Files], null).Definition;

    private static Input Make(Random random)
    {
        BuildStep step = random.Next(3) switch { 0 => Run(random), 1 => Copy(random), _ => Workdir(random) };
        return new Input(step, Around(random), random.Next(2), [.. Texts(random, 2).Select((text, i) => KeyPart.Of($"file {text}{i.ToString(CultureInfo.InvariantCulture)}", Word(random)))]);
    }

    private static Input Change(Input input, Random random) => random.Next(5) switch
    {
        0 => input with { Around = Around(random) },
        1 => input with { Below = 1 - input.Below },
        _ => input with { Step = input.Step switch { RunStep run => Change(run, random), CopyStep copy => Change(copy, random), _ => Workdir(random) } },
    };

    private static RunStep Change(RunStep run, Random random)
    {
        RunStep other = Run(random);
        return random.Next(7) switch
        {
            0 => run with { Arguments = other.Arguments },
            1 => run with { Environment = other.Environment },
            2 => run with { WorkingDirectory = other.WorkingDirectory },
            3 => run with { User = other.User },
            4 => run with { Mounts = other.Mounts },
            5 => run with { Script = other.Script },
            _ => run with { Network = other.Network },
        };
    }

    private static CopyStep Change(CopyStep copy, Random random)
    {
        CopyStep other = Copy(random);
        return random.Next(6) switch
        {
            0 => copy with { Destination = other.Destination },
            1 => copy with { Chown = other.Chown, UnlessChown = other.UnlessChown },
            2 => copy with { Chmod = other.Chmod },
            3 => copy with { Heredocs = other.Heredocs },
            4 => copy with { Sources = other.Sources },
            _ => copy with { Link = other.Link, Parents = other.Parents },
        };
    }

    private static RunStep Run(Random random) => new()
    {
        Span = Nowhere,
        Title = Word(random),
        CreatedBy = Word(random),
        Arguments = [.. Texts(random, 3)],
        Environment = [.. Texts(random, 3).Distinct().Select(name => $"{name}={Word(random)}")],
        WorkingDirectory = Word(random),
        User = Word(random),
        NumbersAreGroups = random.Next(4) == 0,
        Network = random.Next(4) == 0 ? RunNetwork.None : RunNetwork.Default,
        Mounts = [.. Texts(random, 2).Select(id => new StepMount
        {
            Span = Nowhere,
            Type = (MountType)random.Next(5),
            Target = random.Next(3) == 0 ? null : Word(random),
            Id = id,
            Source = Word(random),
            ReadOnly = random.Next(2) == 0,
            Size = random.Next(3) == 0 ? random.Next(2) : null,
            Mode = random.Next(2),
            Uid = (uint)random.Next(2),
            Gid = (uint)random.Next(2),
            Variable = random.Next(2) == 0 ? Word(random) : null,
        })],
        Script = random.Next(3) == 0 ? (Word(random), Word(random)) : null,
    };

    private static CopyStep Copy(Random random) => new()
    {
        Span = Nowhere,
        Title = Word(random),
        CreatedBy = Word(random),
        Sources = [.. Texts(random, 2).Select(path => new CopySource(ContextSource.Instance, path, Nowhere) { UnpackArchives = random.Next(2) == 0 })],
        Heredocs = [.. Texts(random, 2).Select(name => (name, Word(random)))],
        Destination = Word(random),
        Chown = random.Next(2) == 0 ? Word(random) : null,
        UnlessChown = random.Next(3) == 0 ? Word(random) : null,
        Chmod = random.Next(2) == 0 ? Word(random) : null,
        Link = random.Next(2) == 0,
        Parents = random.Next(2) == 0,
    };

    private static WorkdirStep Workdir(Random random) => new() { Span = Nowhere, Title = Word(random), CreatedBy = Word(random), Path = Word(random), User = Word(random) };

    private static StepInputs Around(Random random) => new()
    {
        Platform = new Platform("linux", random.Next(2) == 0 ? "amd64" : "arm64"),
        Epoch = random.Next(2) == 0 ? null : new EpochRule(new UnixTime(random.Next(3)), random.Next(2) == 0),
        Compression = CompressionOptions.Of(LayerCompression.Gzip, random.Next(3)),
        AllowsMetadata = random.Next(4) == 0,
        Ignored = [.. Texts(random, 2)],
    };

    private static IEnumerable<string> Texts(Random random, int most) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => Word(random))];

    private static string Word(Random random) => random.Next(12) switch
    {
        0 => new string('x', 63 + random.Next(4)),
        1 => "yes",
        _ => string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => "ab/ "[random.Next(4)])),
    };

    /// <summary>All of the input that can change a layer, in a form that loses nothing.</summary>
    private static string Describe(Input input) => JsonSerializer.Serialize(new object?[]
    {
        input.Below,
        input.Files.Select(file => new[] { file.Name, file.Value }),
        new object?[] { input.Around.Epoch?.Epoch.Seconds, input.Around.Epoch?.All, input.Around.Compression.Level, input.Around.Ignored },
        input.Step switch
        {
            RunStep run => new object?[]
            {
                "RUN", run.Arguments, run.Environment, run.WorkingDirectory, run.User, run.NumbersAreGroups, run.Network == RunNetwork.None, run.Script?.Path, run.Script?.Content, input.Around.Platform.Architecture,
                input.Around.AllowsMetadata,
                run.Mounts.Select(m => new object?[] { m.Type, m.Target, m.Id, m.Source, m.ReadOnly, m.Size, m.Mode, m.Uid, m.Gid, m.Variable }),
            },
            CopyStep copy => new object?[]
            {
                "COPY", copy.Sources.Select(source => source.UnpackArchives), copy.Heredocs.Select(heredoc => new[] { heredoc.Name, heredoc.Content }), copy.Destination, copy.Chown, copy.UnlessChown, copy.Chmod, copy.Link, copy.Parents,
            },
            WorkdirStep workdir => new object?[] { "WORKDIR", workdir.Path, workdir.User },
            _ => null,
        },
    });

    private sealed record Input(BuildStep Step, StepInputs Around, int Below, IReadOnlyList<KeyPart> Files);
}
