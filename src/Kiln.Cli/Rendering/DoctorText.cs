// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Sandbox;
using Kiln.Sandbox.Doctor;

namespace Kiln.Cli.Rendering;

/// <summary>What `kiln doctor` prints: the ladder, the machine, and one piece of advice.</summary>
internal static class DoctorText
{
    private const int NameWidth = 24;

    internal static string Format(MachineFacts facts, IReadOnlyList<RungFinding> findings, Style style)
    {
        var text = new StringBuilder();
        text.Append(style.Bold("Isolation of RUN, the best first")).Append('\n');
        foreach (RungFinding finding in findings)
            Line(text, NameOf(finding), finding.WhyNot is null ? style.Green("works") : $"{style.Yellow("refused")}: {finding.WhyNot}");
        text.Append('\n').Append(style.Bold("This machine")).Append('\n');
        Line(text, "kernel", $"Linux {facts.Kernel}");
        Line(text, "user", facts.OutsideUid == facts.Uid ? $"{facts.Uid}" : $"{facts.Uid} of a user namespace, {facts.OutsideUid} outside");
        Line(text, "capabilities", facts.Capabilities is [] ? "none" : string.Join(' ', facts.Capabilities));
        Line(text, "seccomp", facts.Filtered ? "a filter is on" : "no filter");
        Line(text, "no new privileges", facts.NoNewPrivileges ? "set" : "not set");
        Line(text, "security module", facts.SecurityLabel is "" ? "none says a profile" : facts.SecurityLabel);
        Line(text, "user namespaces", facts.UserNamespaceLimits is [] ? "no setting forbids them" : string.Join(", ", facts.UserNamespaceLimits));
        Line(text, "/proc", facts.CoveredProc is [] ? "whole" : $"covered at {string.Join(' ', facts.CoveredProc)}: a step in namespaces gets the container's");
        Line(text, "subordinate ids", facts.SubordinateIds is [] ? "none" : string.Join(", ", facts.SubordinateIds));
        Line(text, "root directory", $"{facts.RootDirectory}, on {facts.RootFileSystem}");
        text.Append('\n').Append(style.Bold("What would lift it a rung")).Append("\n  ")
            .Append(LadderAdvice.Find(facts, findings) ?? "nothing: this is the top").Append('\n');
        return text.ToString();
    }

    private static string NameOf(RungFinding finding) => finding switch
    {
        { Rung: IsolationRung.Namespaces, Overlay: true } => "namespaces, overlay",
        { Rung: IsolationRung.Namespaces } => "namespaces, one tree",
        _ => finding.Rung.ToString().ToLowerInvariant(),
    };

    private static void Line(StringBuilder text, string name, string value) => text.Append("  ").Append(name.PadRight(NameWidth)).Append(value).Append('\n');
}
