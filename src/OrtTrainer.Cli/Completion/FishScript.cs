using System.Text;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Completion;

/// <summary>Completion for fish.</summary>
internal static class FishScript
{
    public static string Of(string program, IReadOnlyList<Verb> verbs)
    {
        StringBuilder text = new();
        text.Append($"# Completes {program} in fish. Load it with: {program} completion fish | source\n");
        text.Append($"complete -c {program} -f -n __fish_use_subcommand -l help -d 'list the commands'\n");
        text.Append($"complete -c {program} -f -n __fish_use_subcommand -l version -d 'tell the version'\n");
        foreach (Verb verb in verbs)
        {
            text.Append($"complete -c {program} -f -n __fish_use_subcommand -a {verb.Name} ");
            text.Append($"-d '{Quoted(verb.Summary)}'\n");
            if (CompletedOption.OperandsOf(verb) is { Count: > 0 } words)
            {
                text.Append($"complete -c {program} -f -n '__fish_seen_subcommand_from {verb.Name}' ");
                text.Append($"-a '{string.Join(' ', words)}'\n");
            }

            foreach (CompletedOption option in CompletedOption.Of(verb))
            {
                text.Append($"complete -c {program} -n '__fish_seen_subcommand_from {verb.Name}' ");
                text.Append($"-l {option.Name[2..]}{Value(option)} -d '{Quoted(option.Help)}'\n");
            }
        }

        return text.ToString();
    }

    private static string Value(CompletedOption option) => option.Value switch
    {
        CompletedValue.None => "",
        CompletedValue.Word => $" -x -a '{string.Join(' ', option.Words)}'",
        CompletedValue.Folder => " -x -a '(__fish_complete_directories)'",
        CompletedValue.File => " -r",
        _ => " -x",
    };

    private static string Quoted(string text) => text.Replace("\\", "\\\\").Replace("'", "\\'");
}
