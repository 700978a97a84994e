// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Xunit;

namespace Kiln.SystemTests.Guest;

/// <summary>Programs that are run under <see cref="ProgramSupervisor"/> by an ordinary user without capabilities, in a directory of their own.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SupervisedProgram : IDisposable
{
    private const string User = "65532";

    public SupervisedProgram()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "programs are started so on x86-64 alone");
        Assert.SkipUnless(Environment.UserName != "root" || File.Exists("/usr/bin/setpriv"), "no setpriv to become an ordinary user with");
        Place = Directory.CreateTempSubdirectory("kiln-programs-").FullName;
        File.SetUnixFileMode(Place, (UnixFileMode)0x1FF); // 0777
    }

    /// <summary>Where programs are and are run.</summary>
    public string Place { get; }

    /// <summary>Compiles C; the test is skipped where the compiler is not there.</summary>
    public void Compile(string name, string source, string compiler = "cc", params string[] options)
    {
        Assert.SkipUnless(File.Exists($"/usr/bin/{compiler}"), $"no {compiler}");
        File.WriteAllText($"{Place}/{name}.c", source);
        using Process process = Process.Start(compiler, ["-w", "-O1", .. options, "-o", $"{Place}/{name}", $"{Place}/{name}.c", "-pthread"]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Compiles Go; the test is skipped where the compiler is not there.</summary>
    public void CompileGo(string name, string source)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/go"), "no go");
        File.WriteAllText($"{Place}/{name}.go", source);
        var start = new ProcessStartInfo("go", ["build", "-o", $"{Place}/{name}", $"{Place}/{name}.go"]) { UseShellExecute = false };
        start.Environment["GOCACHE"] = $"{Place}/cache";
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>One of the programs beside this file.</summary>
    public static string Source(string name) => File.ReadAllText(Path.Combine(Build.Checkout.Root, "tests/Kiln.SystemTests/Guest/programs", name));

    public void Write(string name, string content, bool isExecutable = true)
    {
        File.WriteAllText($"{Place}/{name}", content);
        File.SetUnixFileMode($"{Place}/{name}", (UnixFileMode)(isExecutable ? 0x1ED : 0x1A4)); // 0755, 0644
    }

    /// <summary>Status, output and errors.</summary>
    public (int Status, string Output, string Errors) Run(params string[] arguments)
    {
        string[] command = [Environment.ProcessPath!, ProgramSupervisor.Argument, .. arguments];
        if (Environment.UserName == "root")
            command = ["setpriv", "--reuid", User, "--regid", User, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Place };
        start.Environment["KILN_SHOWN"] = "shown";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    public void Dispose() => Directory.Delete(Place, recursive: true);
}
