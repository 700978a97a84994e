// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Kiln.Linux.Tracing;
using Xunit;

namespace Kiln.SystemTests.Guest;

/// <summary>Programs of every kind are started by the supervisor as the kernel would have.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProgramTests
{
    [Theory]
    [InlineData("cc")]
    [InlineData("cc", "-no-pie")]
    [InlineData("cc", "-static")]
    [InlineData("cc", "-static-pie")]
    [InlineData("cc", "-z", "execstack")]
    [InlineData("cc", "-Wl,-z,max-page-size=0x200000")]
    [InlineData("cc", "-Wl,-z,noseparate-code")]
    [InlineData("musl-gcc")]
    [InlineData("musl-gcc", "-static")]
    [InlineData("musl-gcc", "-no-pie")]
    public void A_compiled_program_finds_what_it_would_anywhere(string compiler, params string[] options)
    {
        using var programs = new SupervisedProgram();
        programs.Compile("show", SupervisedProgram.Source("show.c"), compiler, options);

        (int status, string output, string errors) = programs.Run("./show", "one", "");

        Assert.Equal(("", 0), (errors, status));
        Assert.Equal(Expected("show", "./show", compiler == "musl-gcc", "./show", "one", ""), output);
    }

    [Fact]
    public void A_script_is_the_last_argument_of_its_interpreters()
    {
        using var programs = new SupervisedProgram();
        programs.Compile("show", SupervisedProgram.Source("show.c"));
        programs.Write("inner", "#! ./show  with blanks \n");
        programs.Write("outer", "#!./inner\n");

        (int status, string output, string errors) = programs.Run("./outer", "one");

        Assert.Equal(("", 0), (errors, status));
        Assert.Equal(Expected("outer", "./outer", false, "./show", "with blanks", "./inner", "./outer", "one"), output);
    }

    [Fact]
    public void A_program_can_be_given_another_name()
    {
        using var programs = new SupervisedProgram();
        programs.Compile("show", SupervisedProgram.Source("show.c"));

        (int status, string output, string errors) = programs.Run("/bin/bash", "-c", "exec -a another ./show one");

        Assert.Equal(("", 0), (errors, status));
        Assert.Equal(Expected("show", $"{programs.Place}/show", false, "another", "one"), output);
    }

    [Fact]
    public void The_process_of_a_script_is_known_by_all_its_words()
    {
        using var programs = new SupervisedProgram();
        programs.Write("script", "#!/bin/bash -p\ntr '\\0' ' ' </proc/$$/cmdline; cat /proc/$$/comm\n");

        Assert.Equal((0, "/bin/bash -p ./script one two script\n", ""), programs.Run("./script", "one", "two"));
    }

    [Fact]
    public void Many_arguments_and_long_ones_arrive()
    {
        using var programs = new SupervisedProgram();
        programs.Compile("show", SupervisedProgram.Source("show.c"));
        programs.Write("script", """
            #!/bin/bash
            long=$(head -c 120000 /dev/zero | tr '\0' a)
            /bin/echo "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" "$long" | wc -c
            ./show $(seq 60000) | grep -c argument
            """);

        Assert.Equal((0, "1200010\n60001\n", ""), programs.Run("./script"));
    }

    [Fact]
    public void Tracing_is_permitted_where_the_other_tests_pass() => Assert.True(TracedThread.IsPermitted());

    [Theory]
    [InlineData("./missing", 127)]
    [InlineData("./denied", 126)]
    [InlineData("./garbage", 126)]
    [InlineData("./level6", 126)]
    [InlineData("./level5", 0)]
    public void What_cannot_be_executed_is_an_error_and_the_caller_goes_on(string program, int expected)
    {
        using var programs = new SupervisedProgram();
        programs.Write("denied", "#!/bin/true\n", isExecutable: false);
        programs.Write("garbage", "\u007fELF garbage");
        programs.Write("level1", "#!/bin/true\n");
        for (int level = 2; level <= 6; level++)
            programs.Write($"level{level}", $"#!./level{level - 1}\n");

        (int status, string output, _) = programs.Run("/bin/bash", "-c", $"{program}; echo $?; ls /proc/self/fd | wc -l");

        Assert.Equal((0, $"{expected}\n4\n"), (status, output));
    }

    private static string Expected(string name, string path, bool isMusl, params string[] arguments) =>
        $"comm {name}\nexecfn {path}\nids 1234 1235 1236 1237\nsecure {(isMusl ? 1 : 0)}\n" // musl finds that by the ids
        + string.Concat(arguments.Select(argument => $"argument {argument}\n"))
        + "ends 1\naligned 1\ndata 7 5\nvariable shown\ndescriptor 0\ndescriptor 1\ndescriptor 2\n";
}
