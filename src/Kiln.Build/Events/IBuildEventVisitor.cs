// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>Shows events. A new kind breaks every renderer until it has an answer.</summary>
public interface IBuildEventVisitor
{
    void Visit(StageStarted stage);

    void Visit(StageEnded stage);

    void Visit(StepStarted step);

    void Visit(StepEnded step);

    void Visit(StepOutput output);

    void Visit(Progress progress);

    void Visit(Notice notice);

    void Visit(CheckFailed check);

    void Visit(TransfersMoved transfers);

    void Visit(BuildEnded build);

    void Visit(ImagePublished image);
}
