// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;

namespace Kiln.Sandbox.Stage;

/// <summary>
/// What the second stage has to say before it is no more. The first says that all is mounted; one with a failure is the last.
/// </summary>
/// <param name="Stubs">What was made in the tree to mount on, parents before what lies in them.</param>
internal sealed record StageReport(ImmutableArray<UnixPath> Stubs, StageFailure? Failure);
