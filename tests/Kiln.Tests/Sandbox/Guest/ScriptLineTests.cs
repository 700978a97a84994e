// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Sandbox.Guest.Programs;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest;

/// <summary>The first line of a script as `load_script` in the kernel's fs/binfmt_script.c takes it.</summary>
public sealed class ScriptLineTests
{
    [Theory]
    [InlineData("#!/bin/sh\n", "/bin/sh", null)]
    [InlineData("#!/bin/sh", "/bin/sh", null)]
    [InlineData("#! \t/bin/sh \t\nrest", "/bin/sh", null)]
    [InlineData("#!/bin/sh -e -x\n", "/bin/sh", "-e -x")]
    [InlineData("#!/usr/bin/env\tperl -w  \n", "/usr/bin/env", "perl -w")]
    [InlineData("#!/bin/sh\r\n", "/bin/sh\r", null)]
    [InlineData("#!/bin/sh\0 -e\n", "/bin/sh", null)]
    [InlineData("#!/bin/sh -e\0x\n", "/bin/sh", "-e")]
    [InlineData("#!\n/bin/sh\n", null, null)]
    [InlineData("#!  \t \n", null, null)]
    [InlineData("#!", "", null)]
    [InlineData("#!/bin/sh ", "/bin/sh", "")]
    [InlineData("#!/bin/sh -e ", "/bin/sh", "-e ")]
    public void A_line_is_an_interpreter_and_at_most_one_argument(string text, string? interpreter, string? argument)
    {
        ScriptLine? line = ScriptLine.Parse(Encoding.UTF8.GetBytes(text));

        Assert.Equal(interpreter, line is null ? null : Encoding.UTF8.GetString(line.Interpreter));
        Assert.Equal(argument, line?.Argument is null ? null : Encoding.UTF8.GetString(line.Argument));
    }

    [Fact]
    public void A_path_that_goes_on_behind_what_counts_is_none()
    {
        byte[] start = Encoding.UTF8.GetBytes("#!/" + new string('a', 400))[..ScriptLine.Longest];

        Assert.Null(ScriptLine.Parse(start));
    }

    [Fact]
    public void An_argument_that_goes_on_behind_what_counts_is_cut()
    {
        byte[] start = Encoding.UTF8.GetBytes("#!/bin/sh " + new string('a', 400))[..ScriptLine.Longest];

        Assert.Equal(ScriptLine.Longest - 1 - "#!/bin/sh ".Length, ScriptLine.Parse(start)!.Argument!.Length);
    }

    [Theory]
    [InlineData("#!/bin/sh", true)]
    [InlineData("# !/bin/sh", false)]
    [InlineData("#", false)]
    [InlineData("", false)]
    public void A_script_begins_with_its_mark(string text, bool expected) => Assert.Equal(expected, ScriptLine.IsScript(Encoding.UTF8.GetBytes(text)));
}
