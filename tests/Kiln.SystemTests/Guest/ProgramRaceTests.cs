// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Xunit;

namespace Kiln.SystemTests.Guest;

/// <summary>Whatever happens while a program is executed: it is executed as it was asked for, or its process is killed, and nobody waits for ever.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProgramRaceTests
{
    private static string Run(string program, params string[] arguments)
    {
        using var programs = new SupervisedProgram();
        programs.Compile(program, SupervisedProgram.Source($"{program}.c"));
        (int status, string output, string errors) = programs.Run([$"./{program}", .. arguments]);
        Assert.Equal(("", 0), (errors, status));
        return output;
    }

    [Fact]
    public void Any_thread_can_execute_a_program_at_any_time() => Assert.Equal("done\n", Run("chain", "100"));

    [Fact]
    public void Many_programs_are_started_at_once() => Assert.Equal("bad 0\n", Run("storm", "200", "/bin/true"));

    [Fact]
    public void Many_scripts_are_started_at_once() => Assert.Equal("bad 0\n", Run("storm", "60", "/bin/sh", "-c", "/bin/true; /bin/true | /bin/cat"));

    [Fact]
    public void A_process_can_be_killed_while_it_executes() => Assert.Equal("bad 0\n", Run("killed", "200"));

    [Fact]
    public void Signals_and_stops_are_taken_before_or_after() => Assert.Equal("bad 0\n", Run("signals", "5"));

    [Fact]
    public void A_second_thread_cannot_have_another_file_executed() => Assert.Equal("otherwise 0\n", Run("race", "100"));

    [Fact]
    public void A_descriptor_is_lent_without_a_trace() => Assert.Equal("root :x:\nnone 1\nbad 0\nleft 0\n", Run("lend"));

    [Fact]
    public void A_program_in_Go_starts_others_from_its_threads()
    {
        const string source = """
            package main
            import ("fmt"; "os/exec"; "sync")
            func main() {
                var group sync.WaitGroup
                var lock sync.Mutex
                good := 0
                for i := 0; i < 100; i++ {
                    group.Add(1)
                    go func() {
                        defer group.Done()
                        output, err := exec.Command("/bin/echo", "hello").Output()
                        lock.Lock()
                        defer lock.Unlock()
                        if err == nil && string(output) == "hello\n" { good++ } else { fmt.Println(err) }
                    }()
                }
                group.Wait()
                fmt.Println(good)
            }
            """;
        using var programs = new SupervisedProgram();
        programs.CompileGo("start", source);

        Assert.Equal((0, "100\n", ""), programs.Run("./start"));
    }
}
