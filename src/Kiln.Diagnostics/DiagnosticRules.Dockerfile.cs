// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule EmptyDockerfile = new("KILN1001", "the Dockerfile is empty",
        "write at least one `FROM` instruction, or name another Dockerfile");

    public static readonly DiagnosticRule NoInstructions = new("KILN1002", "the Dockerfile has no instructions",
        "write at least one `FROM` instruction: comments and blank lines build nothing");

    public static readonly DiagnosticRule LineTooLong = new("KILN1003", "a line is too long",
        "break the line with the escape character, or copy the data from a file of the context");

    public static readonly DiagnosticRule RepeatedDirective = new("KILN1004", "a parser directive is given twice",
        "keep one of them");

    public static readonly DiagnosticRule InvalidEscapeDirective = new("KILN1005", "the escape directive is not a backslash or a backtick",
        "write ``# escape=` `` or `# escape=\\`, or remove the directive");

    public static readonly DiagnosticRule InvalidCheckDirective = new("KILN1006", "the check directive cannot be read",
        "write `# check=skip=RuleA,RuleB;error=true`: the options are `skip`, `experimental` and `error`");

    public static readonly DiagnosticRule UnknownInstruction = new("KILN1007", "an instruction is unknown",
        "correct the word; if the line belongs to the instruction above, that one has to end with the escape character");

    public static readonly DiagnosticRule InstructionBeforeFrom = new("KILN1008", "an instruction stands before the first FROM",
        "move it below the first `FROM`: only `ARG` may stand above");

    public static readonly DiagnosticRule NoStages = new("KILN1009", "the Dockerfile has no stage",
        "write a `FROM` instruction below the `ARG` instructions");

    public static readonly DiagnosticRule UnknownFlag = new("KILN1010", "an instruction does not know a flag",
        "correct or remove the flag; an argument that begins with `--` goes behind a bare `--`");

    public static readonly DiagnosticRule RepeatedFlag = new("KILN1011", "a flag is given twice",
        "keep one of them: only `--mount`, `--exclude` and `--device` can be repeated");

    public static readonly DiagnosticRule MissingFlagValue = new("KILN1012", "a flag lacks its value",
        "write `--flag=value`, without blanks around the `=`");

    public static readonly DiagnosticRule InvalidFlagValue = new("KILN1013", "a flag has a value that it does not take",
        "write one of the values that the message names");

    public static readonly DiagnosticRule MissingArguments = new("KILN1014", "an instruction lacks arguments",
        "add what the message says is missing; the reference of the instruction has its forms");

    public static readonly DiagnosticRule InvalidFrom = new("KILN1015", "FROM has a wrong number of arguments",
        "write `FROM image` or `FROM image AS name`");

    public static readonly DiagnosticRule InvalidStageName = new("KILN1016", "a stage has a name that is none",
        "begin the name with a letter; letters, digits, `-`, `_` and `.` may follow");

    public static readonly DiagnosticRule JsonArrayNotOfStrings = new("KILN1017", "a JSON array holds more than strings",
        "put every element in double quotes, as in `[\"sleep\", \"5\"]`");

    public static readonly DiagnosticRule MissingEqualsSign = new("KILN1018", "a pair lacks its equals sign",
        "write every pair as `name=value`; a value with blanks goes in double quotes");

    public static readonly DiagnosticRule BlankName = new("KILN1019", "a name is blank",
        "write a name before the `=`");

    public static readonly DiagnosticRule ShellNotJson = new("KILN1020", "SHELL is not a JSON array",
        "write `SHELL [\"/bin/sh\", \"-c\"]`, with double quotes");

    public static readonly DiagnosticRule UnterminatedHeredoc = new("KILN1021", "a heredoc does not end",
        "end it with a line that holds its name and nothing else: no blanks after it, and before it only tabs where it began with `<<-`");

    public static readonly DiagnosticRule HeredocAsDestination = new("KILN1022", "a heredoc stands where the destination should",
        "write the destination path as the last argument");

    public static readonly DiagnosticRule InvalidHealthcheck = new("KILN1023", "HEALTHCHECK cannot be read",
        "write `HEALTHCHECK [options] CMD command` or `HEALTHCHECK NONE`");

    public static readonly DiagnosticRule InvalidDuration = new("KILN1024", "a duration cannot be read",
        "write a number with a unit, as in `30s` or `1m30s`: `ms`, `s`, `m` and `h` are usual; the least is `1ms`, and `0s` means the default");

    public static readonly DiagnosticRule InvalidRetries = new("KILN1025", "the number of retries cannot be read",
        "write a whole number from 0, as in `--retries=3`");

    public static readonly DiagnosticRule InvalidOnbuild = new("KILN1026", "an instruction cannot be an ONBUILD trigger",
        "remove it: `ONBUILD`, `FROM` and `MAINTAINER` cannot be triggers");

    public static readonly DiagnosticRule InvalidTrigger = new("KILN1027", "an ONBUILD trigger is not one instruction",
        "rebuild the base image with one instruction for each `ONBUILD`");

    public static readonly DiagnosticRule BlankVolume = new("KILN1028", "a volume is blank",
        "name the directory, or remove the empty element");

    public static readonly DiagnosticRule UnbalancedQuote = new("KILN1030", "a quote is not closed",
        "close the quote; a quote that is meant literally is written with the escape character before it, or inside the other kind of quotes");

    public static readonly DiagnosticRule BadSubstitution = new("KILN1031", "a variable expansion cannot be read",
        "write `${name}`, or `\\$` for a dollar sign that is meant literally");

    public static readonly DiagnosticRule UnsupportedModifier = new("KILN1032", "a variable expansion has an unknown modifier",
        "only `-`, `+`, `?` (with or without `:`), `#`, `##`, `%`, `%%`, `/` and `//` are known; do the rest in a `RUN`");

    public static readonly DiagnosticRule RequiredVariable = new("KILN1033", "a required variable has no value",
        "give the variable a value, with `--build-arg` where it is an `ARG`");

    public static readonly DiagnosticRule InvalidSubstitutionPattern = new("KILN1034", "the pattern of a variable expansion cannot be read",
        "a backslash in a pattern stands only before `*`, `?`, `\\`, `}` and `/`");

    public static readonly DiagnosticRule InvalidMountSyntax = new("KILN1040", "a mount cannot be read",
        "write comma-separated `key=value` pairs; a value with a comma puts its whole pair in double quotes");

    public static readonly DiagnosticRule UnknownMountKey = new("KILN1041", "a mount has an unknown key",
        "correct or remove the key");

    public static readonly DiagnosticRule UnsupportedMountType = new("KILN1042", "a mount has an unknown type",
        "the types are `bind`, `cache`, `tmpfs`, `secret` and `ssh`");

    public static readonly DiagnosticRule InvalidMountValue = new("KILN1043", "a key of a mount has a value that it does not take",
        "correct the value: booleans are `true` and `false`, `mode` is octal, `size` is a number with `k`, `m` or `g`");

    public static readonly DiagnosticRule MountKeyNotForType = new("KILN1044", "a key does not go with the mount's type",
        "remove the key, or write `type=` before it: a mount is a `bind` until its type is read");

    public static readonly DiagnosticRule VariableInMountFrom = new("KILN1045", "the from of a mount holds a variable",
        "define a stage with `FROM $variable AS name` and mount from that name");

    public static readonly DiagnosticRule InvalidIgnorePattern = new("KILN1050", "a pattern cannot be read",
        "close the brackets, and put a backslash before a character that is meant literally");

    public static readonly DiagnosticRule IgnoreLineTooLong = new("KILN1051", "a line of an ignore file is too long",
        "shorten the pattern");
}
