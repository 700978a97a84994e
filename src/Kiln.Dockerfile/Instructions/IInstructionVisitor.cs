// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>Does something for each kind of instruction. A new kind breaks every visitor until it has an answer.</summary>
public interface IInstructionVisitor<out T>
{
    T VisitFrom(FromInstruction instruction);

    T VisitArg(ArgInstruction instruction);

    T VisitEnv(EnvInstruction instruction);

    T VisitLabel(LabelInstruction instruction);

    T VisitMaintainer(MaintainerInstruction instruction);

    T VisitUser(UserInstruction instruction);

    T VisitWorkdir(WorkdirInstruction instruction);

    T VisitCmd(CmdInstruction instruction);

    T VisitEntrypoint(EntrypointInstruction instruction);

    T VisitShell(ShellInstruction instruction);

    T VisitExpose(ExposeInstruction instruction);

    T VisitVolume(VolumeInstruction instruction);

    T VisitStopsignal(StopsignalInstruction instruction);

    T VisitHealthcheck(HealthcheckInstruction instruction);

    T VisitOnbuild(OnbuildInstruction instruction);

    T VisitRun(RunInstruction instruction);

    T VisitCopy(CopyInstruction instruction);

    T VisitAdd(AddInstruction instruction);
}
