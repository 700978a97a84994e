// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Flags;

/// <summary>How a flag stands to kaniko's of the same name.</summary>
internal enum KanikoParity
{
    Same,

    /// <summary>The help says how.</summary>
    Differs,

    /// <summary>kaniko has no such flag.</summary>
    Own,

    /// <summary>Taken so that command lines keep working; there is nothing left for it to do.</summary>
    AcceptedWithoutEffect,
}
