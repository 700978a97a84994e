// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kiln.Contexts.Git;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>Repositories made by git, and git's own servers for them on loopback: `git daemon` behind a socket, `git http-backend` behind a web server.</summary>
internal sealed class GitOrigin : IAsyncDisposable
{
    private const string Committer = "Kiln Test";

    private readonly string _root = Directory.CreateTempSubdirectory("kiln-test-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public GitOrigin()
    {
        Assert.SkipUnless(Program is { IsInstalled: true }, "git is not installed");
        Directory.CreateDirectory(Path.Combine(_root, "work"));
        _listener.Start();
        _accepting = AcceptAsync();
        Web = new FakeServer(AnswerHttp);
    }

    public static GitProgram Program { get; } = new(new GitOptions
    {
        SearchPath = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin", Assistant = Environment.ProcessPath!,
    });

    /// <summary>Repositories by http; with <see cref="Password"/> only for the <see cref="User"/> who knows it.</summary>
    public FakeServer Web { get; }

    public string User { get; set; } = "user";

    public string? Password { get; set; }

    /// <summary>Answers what git would not know; null where git shall answer.</summary>
    public Func<FakeRequest, FakeResponse?> AnswerFirst { get; set; } = _ => null;

    /// <summary>`git://127.0.0.1:PORT`.</summary>
    public string Address => $"git://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>An empty directory to fetch into.</summary>
    public string NewDirectory() => Directory.CreateDirectory(Path.Combine(_root, "work", Guid.NewGuid().ToString("N"))).FullName;

    public string InRepository(string repository, string path) => Path.Combine(_root, "repos", repository, path);

    /// <summary>Makes a repository with a commit of a file.</summary>
    public void Create(string repository, string file = "file", string content = "text")
    {
        Directory.CreateDirectory(InRepository(repository, ""));
        Git(repository, "init", "--quiet", "--initial-branch=main");
        Commit(repository, file, content);
    }

    /// <summary>Commits a file at 1,700,000,000 seconds. Result: the commit's hash.</summary>
    public string Commit(string repository, string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InRepository(repository, file))!);
        File.WriteAllText(InRepository(repository, file), content);
        return CommitAll(repository);
    }

    public string CommitAll(string repository)
    {
        Git(repository, "add", "--all");
        Git(repository, "commit", "--quiet", "--message=change");
        return Git(repository, "rev-parse", "HEAD").Trim();
    }

    public string Git(string repository, params string[] arguments) =>
        Encoding.UTF8.GetString(Run(Start(arguments, InRepository(repository, ""), []), []));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Web.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        string repositories = Path.Combine(_root, "repos");
        using Process daemon = Start(["daemon", "--inetd", "--export-all", $"--base-path={repositories}"], _root, []);
        await using var connection = new NetworkStream(socket, ownsSocket: true);
        try
        {
            Task sending = daemon.StandardOutput.BaseStream.CopyToAsync(connection, _stop.Token);
            _ = connection.CopyToAsync(daemon.StandardInput.BaseStream, _stop.Token).ContinueWith(_ => daemon.StandardInput.Close(), TaskScheduler.Default);
            await sending;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
        }
        if (!daemon.HasExited)
            daemon.Kill();
    }

    private FakeResponse AnswerHttp(FakeRequest request)
    {
        string expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));
        if (Password is not null && request.Authorization != expected)
            return FakeResponse.Of(401, "", ("WWW-Authenticate", "Basic realm=\"test\""));
        if (AnswerFirst(request) is { } answered)
            return answered;
        string[] target = request.Target.Split('?', 2);
        byte[] answer = Run(
            Start(["http-backend"], _root, new()
            {
                ["GIT_PROJECT_ROOT"] = Path.Combine(_root, "repos"),
                ["GIT_HTTP_EXPORT_ALL"] = "1",
                ["PATH_INFO"] = target[0].Replace(".git/", "/.git/", StringComparison.Ordinal),
                ["QUERY_STRING"] = target.Length > 1 ? target[1] : "",
                ["REQUEST_METHOD"] = request.Method,
                ["CONTENT_TYPE"] = request.Headers.GetValueOrDefault("content-type", ""),
                ["HTTP_CONTENT_ENCODING"] = request.Headers.GetValueOrDefault("content-encoding", ""),
                ["GIT_PROTOCOL"] = request.Headers.GetValueOrDefault("git-protocol", ""),
            }),
            request.Body);
        int end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        (string Name, string Value)[] headers = [.. Encoding.Latin1.GetString(answer, 0, end).Split("\r\n").Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1]))];
        string status = headers.FirstOrDefault(header => header.Name == "Status").Value ?? "200";
        return new FakeResponse(int.Parse(status.Split(' ')[0], null), answer[(end + 4)..], [.. headers.Where(header => header.Name != "Status")]);
    }

    private static Process Start(string[] arguments, string directory, Dictionary<string, string> variables)
    {
        var info = new ProcessStartInfo("git", arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables.Concat(new Dictionary<string, string>
        {
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_AUTHOR_NAME"] = Committer,
            ["GIT_AUTHOR_EMAIL"] = "test@example.org",
            ["GIT_COMMITTER_NAME"] = Committer,
            ["GIT_COMMITTER_EMAIL"] = "test@example.org",
            ["GIT_COMMITTER_DATE"] = "1700000000 +0000",
        }))
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    private static byte[] Run(Process process, byte[] input)
    {
        using (process)
        {
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
    }
}
