// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Kiln.Linux.Files;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Sandbox;
using Xunit;

namespace Kiln.SystemTests.Attacks;

/// <summary>
/// A place to build in where a word is planted wherever a step must not get at: files around the context, credentials, the builder's environment, its open descriptors,
/// keyring and memory, another stage, a secret. Afterwards it is looked for in all that came out.
/// </summary>
internal sealed class AttackPlace : IDisposable
{
    private const string CorePattern = "/proc/sys/kernel/core_pattern";

    private readonly BuildPlace _place;
    private readonly string _program;
    private readonly string _word = $"canary-{Guid.NewGuid():N}";
    private readonly string _mark = $"mark-{Guid.NewGuid():N}";
    private readonly string _before;

    private AttackPlace(string program, string registry, uint uid)
    {
        _program = program;
        _place = new BuildPlace(Path.Combine(Path.GetDirectoryName(program)!, "planter"), registry, uid);
        foreach (string directory in new[] { "outside", "home/.docker", "context/escapes" })
            Directory.CreateDirectory(_place.Path(directory));
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{_word}"));
        File.WriteAllText(_place.Path("home/.docker/config.json"), $$"""{"auths": {"registry.invalid": {"auth": "{{login}}", "identitytoken": "{{_word}}"} } }""");
        foreach (string file in new[] { "outside/file", "context/private", "root/planted", "token" })
            File.WriteAllText(_place.Path(file), _word + "\n");
        File.WriteAllText(_place.ContextPath("ordinary"), "ordinary\n");
        File.CreateSymbolicLink(_place.ContextPath("escape"), "../outside");
        File.CreateSymbolicLink(_place.ContextPath("escapes/up"), "../../outside");
        File.CreateSymbolicLink(_place.ContextPath("escapes/file"), _place.Path("outside/file"));
        _place.Environment["KILN_PROGRAM"] = program;
        _place.Environment["KILN_PLANTED"] = _place.Path("outside");
        _place.Environment["AWS_SECRET_ACCESS_KEY"] = _word;
        _before = Surroundings();
    }

    public static async Task<AttackPlace> CreateAsync(BuildWorld world, uint uid)
    {
        string program = await world.BinaryAsync();
        string planter = Path.Combine(Path.GetDirectoryName(program)!, "planter");
        if (!File.Exists(planter))
            CCompiler.CompileStatic(await File.ReadAllTextAsync(Path.Combine(Attack.Folder, "parts", "planter.c")), planter);
        return new AttackPlace(program, await world.RegistryAsync(), uid);
    }

    public async Task<KilnRun> BuildAsync(Attack attack, string isolation, CancellationToken cancellationToken)
    {
        _place.Dockerfile(DockerfileOf(attack, isolation));
        using RunningProgram program = _place.StartBuild(
            [
                "--isolation", isolation, "--no-push", "--oci-layout-path", _place.Path("layout"), "--run-timeout", attack.IsEndless ? "3s" : "120s",
                "--secret", $"id=given,src={_place.Path("token")}", "--secret", $"id=other,src={_place.Path("token")}",
            ],
            isolation == "supervised" ? ["setpriv", "--no-new-privs"] : []); // the rung for those who may nothing
        return await program.WaitAsync(cancellationToken);
    }

    /// <summary>Nothing came out, nothing was changed, nothing is left.</summary>
    public void CheckNothingHappened(KilnRun run)
    {
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(_word))[..^4];
        Assert.DoesNotContain(_word, run.All, StringComparison.Ordinal);
        Assert.DoesNotContain(encoded, run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("REACHED", run.Output, StringComparison.Ordinal);
        foreach (byte[] blob in Blobs())
        {
            Assert.Equal(-1, blob.AsSpan().IndexOf(Encoding.UTF8.GetBytes(_word)));
            Assert.Equal(-1, blob.AsSpan().IndexOf(Encoding.UTF8.GetBytes(encoded)));
        }
        Assert.Equal(_before, Surroundings());
        Assert.Equal(["planted"], _place.Remains());
        Assert.Empty(Directory.EnumerateFiles(_place.Root, "core*")); // the builder's working directory
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), HasMark);
        Assert.InRange(run.Error.Split('\n').Count(line => line.Contains("error KILN", StringComparison.Ordinal)), 0, 1);
        Assert.DoesNotContain("KILN9", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();

    private string DockerfileOf(Attack attack, string isolation)
    {
        string environment = $"ENV ATTACK_PLACE={_place.Root} ATTACK_MARK={_mark} ATTACK_RUNG={isolation} ATTACK_NODES=\"{MachineNodes()}\"";
        if (attack.Kind == ".dockerfile")
        {
            if (attack.Text.Contains("COPY loader", StringComparison.Ordinal))
                Compile(Path.Combine(Attack.Folder, "parts", "loader.c"), "loader", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-static");
            return attack.Text.Replace("{{PLACE}}", _place.Root, StringComparison.Ordinal).Replace("{{RUNG}}", isolation, StringComparison.Ordinal);
        }
        string program = Path.GetFileNameWithoutExtension(attack.Name);
        if (attack.Kind == ".c")
            Compile(Path.Combine(Attack.Folder, "programs", attack.Name), program, "-static", "-w");
        else
            File.WriteAllText(_place.ContextPath(program), attack.Text);
        string run = attack.Kind == ".c" ? $"/attack/{program}" : $"sh /attack/{program}; echo attack over";
        return $"""
            FROM base AS other
            COPY private /srv/other-stage
            RUN --mount=type=secret,id=other cp /srv/keep /srv/harmless
            FROM base
            {environment}
            COPY --from=other /srv/harmless /srv/harmless
            COPY {program} /attack/{program}
            RUN {run}
            RUN cat /etc/resolv.conf /etc/hosts /srv/keep | wc -c; [ ! -f /srv/swap/x ] || cat /srv/swap/x; [ -f /srv/keep ] || echo REACHED: a file of the base is gone
            """;
    }

    private void Compile(string source, string program, params string[] options)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "no C compiler");
        using var compiler = System.Diagnostics.Process.Start("cc", [.. options, "-o", _place.ContextPath(program), source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
    }

    /// <summary>What an attack may have changed outside: the files beside the context, the builder's program, the machine's settings.</summary>
    private string Surroundings()
    {
        var text = new StringBuilder();
        foreach (string path in Directory.EnumerateFileSystemEntries(_place.Path("outside"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.Append(path).Append(' ').Append(ModeOf(path)).Append('\n');
        text.Append(File.ReadAllText(_place.Path("outside/file")));
        using (FileStream program = File.OpenRead(_program))
            text.Append(Convert.ToHexString(SHA256.HashData(program)));
        return text.Append(ModeOf(_program)).Append(OwnerOf(_program)).Append(File.ReadAllText(CorePattern)).Append(File.ReadAllText("/proc/sys/kernel/hostname")).ToString();
    }

    /// <summary>The machine's device nodes, as `stat -c %d:%i` shows them: a step that can change one of these has reached out; one of its own tree is its own.</summary>
    private static string MachineNodes()
    {
        using var devices = DirectoryHandle.Open("/dev");
        return string.Join(' ', new[] { "null", "zero", "full", "random", "urandom", "tty" }
            .Select(name => devices.GetStatus(Kiln.Linux.UnixPath.Clean(name))).Select(node => $"{node.FileSystem}:{node.Inode}"));
    }

    private static uint OwnerOf(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        return directory.GetStatus(Kiln.Linux.UnixPath.Clean(Path.GetFileName(path))).Uid;
    }

    private static string ModeOf(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        FileStatus status = directory.GetStatus(Kiln.Linux.UnixPath.Clean(Path.GetFileName(path)));
        return $"{Convert.ToString(status.Mode, 8)} {status.ModifiedTime}";
    }

    private IEnumerable<byte[]> Blobs()
    {
        string folder = _place.Path("layout/blobs/sha256");
        if (!Directory.Exists(folder))
            yield break;
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            byte[] bytes = File.ReadAllBytes(file);
            if (bytes is not [0x1f, 0x8b, ..])
            {
                yield return bytes;
                continue;
            }
            using var plain = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
                gzip.CopyTo(plain);
            yield return plain.ToArray();
        }
    }

    private bool HasMark(string process)
    {
        try
        {
            return char.IsAsciiDigit(process[^1]) && File.ReadAllText($"{process}/environ").Contains(_mark, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended meanwhile
        }
    }
}
