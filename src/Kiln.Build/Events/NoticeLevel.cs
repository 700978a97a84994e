// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Events;

/// <summary>How much a notice matters.</summary>
public enum NoticeLevel
{
    Debug,
    Info,
    Warning,
}
