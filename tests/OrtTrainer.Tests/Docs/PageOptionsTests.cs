using System.Reflection;
using System.Runtime.ExceptionServices;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Tests.Docs;

/// <summary>
/// Commands that pages show without being run here, for want of their data or for their hours, have verbs and options
/// that there are, with values of the right kind.
/// </summary>
public sealed class PageOptionsTests
{
    private static readonly MethodInfo Reader = typeof(ArgumentReader).GetMethod(nameof(ArgumentReader.Read))!;

    private static IEnumerable<Page> Pages => Page.All.Where(page => CommandsOf(page).Any());

    [TestCaseSource(nameof(Pages))]
    public void The_program_knows_the_verbs_and_options_of_a_page(object page) =>
        Assert.Multiple(() =>
        {
            foreach (string[] words in CommandsOf((Page)page))
            {
                Assert.DoesNotThrow(() => Parse(words), string.Join(' ', words));
            }
        });

    [TestCase("finetun --out x", "finetun is no verb.")]
    [TestCase("finetune --oot x", "--oot is unknown; did you mean --out?")]
    [TestCase("finetune --batch-size many", "--batch-size is 'many'; expected a whole number.")]
    public void What_it_does_not_know_is_found(string command, string message) =>
        Assert.That(() => Parse(command.Split(' ')), Throws.Exception.With.Message.EqualTo(message));

    // What follows the program's name up to a pipe, an output file, or a remark. Dots stand for options left out.
    private static IEnumerable<string[]> CommandsOf(Page page) =>
        page.Blocks.SelectMany(block => ShellCommand.In(block.Language switch
            {
                "sh" => block.Text,
                "" => Typed(block.Text),
                _ => "",
            }))
            .SelectMany(command => command.Stages().Stages)
            .Where(words => words[0] == "orttrainer" && words.Length > 1)
            .Select(words => words[1..].TakeWhile(word => word != "#").Where(word => word is not ("..." or "…")))
            .Select(words => words.ToArray())
            .Where(words => !words.Any(word => word is "--help" or "--version"));

    // What is typed of a block that shows what is printed, too.
    private static string Typed(string block) => string.Concat(
        block.Split('\n').Where(line => line.StartsWith("orttrainer ", StringComparison.Ordinal) && line[^1] != '\\')
            .Select(line => line + "\n"));

    private static void Parse(string[] words)
    {
        Verb verb = Verbs.All.FirstOrDefault(verb => verb.Name == words[0])
            ?? throw new ArgumentException($"{words[0]} is no verb.");
        try
        {
            Reader.MakeGenericMethod(verb.Arguments).Invoke(null, [words[1..]]);
        }
        catch (TargetInvocationException refused)
        {
            ExceptionDispatchInfo.Throw(refused.InnerException!);
        }
    }
}
