// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

/// <summary>The machine's C compiler, for programs that a tree of busybox has not. Without one the test is skipped.</summary>
internal static class CCompiler
{
    public static void CompileStatic(string source, string program, string how = "-static")
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "no C compiler");
        File.WriteAllText($"{program}.c", source);
        using Process compiler = Process.Start("cc", [how, "-o", program, $"{program}.c"]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
    }
}
