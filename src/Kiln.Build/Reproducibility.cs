// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build;

/// <summary>How much is done for two builds to give the same image.</summary>
public enum Reproducibility
{
    /// <summary>Only what SOURCE_DATE_EPOCH asks for.</summary>
    Unasked,

    /// <summary>Every time that the build writes is the epoch, which is 1970 where nobody set another.</summary>
    FixedTimes,

    /// <summary>The same, and the build is carried out twice and published only if both came to the same.</summary>
    Checked,
}
