using System.Text;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Completion;

/// <summary>Completion for bash, 3.2 and later.</summary>
internal static class BashScript
{
    public static string Of(string program, IReadOnlyList<Verb> verbs)
    {
        StringBuilder text = new();
        text.Append($"# Completes {program} in bash. Load it with: source <({program} completion bash)\n");
        text.Append($"_{program}() {{\n");
        text.Append("    local IFS=$' \\t\\n' current=${COMP_WORDS[COMP_CWORD]}\n");
        text.Append("    local previous=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} options=\n");
        text.Append("    COMPREPLY=()\n");
        text.Append("    if [[ $COMP_CWORD -eq 1 ]]; then\n");
        text.Append($"        {Words([.. verbs.Select(verb => verb.Name), "--help", "--version"])}\n");
        text.Append("        return\n    fi\n");
        text.Append("    case \"$verb $previous\" in\n");
        foreach (Verb verb in verbs)
        {
            if (CompletedOption.OperandsOf(verb) is { Count: > 0 } words)
            {
                text.Append($"        '{verb.Name} {verb.Name}')\n");
                text.Append($"            [[ $current == -* ]] || {{ {Words(words)}; return; }} ;;\n");
            }

            foreach (IGrouping<string, CompletedOption> same in CompletedOption.Of(verb)
                .Where(option => option.Value != CompletedValue.None).GroupBy(Reply))
            {
                text.Append($"        {string.Join('|', same.Select(option => $"'{verb.Name} {option.Name}'"))})\n");
                text.Append($"            {same.Key}\n            return ;;\n");
            }
        }

        text.Append("    esac\n    case $verb in\n");
        foreach (Verb verb in verbs)
        {
            text.Append($"        {verb.Name}) options='");
            text.Append(string.Join(' ', CompletedOption.Of(verb).Select(option => option.Name))).Append("' ;;\n");
        }

        text.Append("    esac\n    if [[ $current == -* ]]; then\n");
        text.Append("        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n    else\n");
        text.Append($"        {Files('f')}\n    fi\n}}\n");
        text.Append($"complete -F _{program} {program}\n");
        return text.ToString();
    }

    private static string Reply(CompletedOption option) => option.Value switch
    {
        CompletedValue.Word => Words(option.Words),
        CompletedValue.Folder => Files('d'),
        CompletedValue.File => Files('f'),
        _ => "COMPREPLY=()",
    };

    private static string Words(IEnumerable<string> words) =>
        $"COMPREPLY=($(compgen -W '{string.Join(' ', words)}' -- \"$current\"))";

    // Names with spaces stay whole; before bash 4 there is no compopt.
    private static string Files(char kind) =>
        $"IFS=$'\\n'; COMPREPLY=($(compgen -{kind} -- \"$current\")); compopt -o filenames 2>/dev/null";
}
