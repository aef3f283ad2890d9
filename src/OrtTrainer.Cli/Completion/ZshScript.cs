using System.Text;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Completion;

/// <summary>Completion for zsh, by its own <c>_arguments</c>.</summary>
internal static class ZshScript
{
    public static string Of(string program, IReadOnlyList<Verb> verbs)
    {
        StringBuilder text = new();
        text.Append($"#compdef {program}\n");
        text.Append($"# Completes {program} in zsh. Load it with: source <({program} completion zsh)\n");
        text.Append($"_{program}() {{\n    local -a verbs\n    verbs=(\n");
        foreach (Verb verb in verbs)
        {
            text.Append($"        '{verb.Name}:{Quoted(verb.Summary)}'\n");
        }

        text.Append("    )\n    if (( CURRENT == 2 )); then\n");
        text.Append("        _describe command verbs\n        return\n    fi\n");
        text.Append("    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $verb in\n");
        foreach (Verb verb in verbs)
        {
            text.Append($"        {verb.Name})\n            _arguments");
            foreach (CompletedOption option in CompletedOption.Of(verb))
            {
                text.Append($" \\\n                '{option.Name}[{Escaped(option.Help)}]{Action(option)}'");
            }

            if (CompletedOption.OperandsOf(verb) is { Count: > 0 } words)
            {
                text.Append($" \\\n                '1:word:({string.Join(' ', words)})'");
            }

            text.Append(" \\\n                '*:file:_files' ;;\n");
        }

        text.Append($"    esac\n}}\ncompdef _{program} {program}\n");
        return text.ToString();
    }

    private static string Action(CompletedOption option) => option.Value switch
    {
        CompletedValue.None => "",
        CompletedValue.Word => $":word:({string.Join(' ', option.Words)})",
        CompletedValue.Folder => ":folder:_files -/",
        CompletedValue.File => ":file:_files",
        _ => ":value: ",
    };

    private static string Escaped(string help) =>
        Quoted(help).Replace("[", "\\[").Replace("]", "\\]").Replace(":", "\\:");

    private static string Quoted(string text) => text.Replace("'", "'\\''");
}
