// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Syntax;

/// <summary>How the text after an instruction's flags is cut up, before it is understood.</summary>
internal enum ArgumentGrammar
{
    /// <summary>An unknown instruction: not at all.</summary>
    None,

    /// <summary>A JSON array, else one text for a shell.</summary>
    JsonOrText,

    /// <summary>A JSON array, else words.</summary>
    JsonOrList,

    List,

    /// <summary>One text, blanks included.</summary>
    Text,

    /// <summary>`name=value` words, or the older `name value`.</summary>
    Pairs,

    QuotedWords,

    /// <summary>A type, then a JSON array or one text.</summary>
    Healthcheck,

    /// <summary>Another instruction.</summary>
    Trigger,
}
