using OrtTrainer.Data;
using OrtTrainer.Text;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>A row that is a conversation.</summary>
/// <param name="Messages">Its messages as templates see them, each with a role and a content.</param>
/// <param name="Line">The 1-based line the row starts on; 0 where it comes from no file.</param>
internal sealed record ChatExample(IReadOnlyList<Mapping> Messages, int Line = 0)
    : Example(string.Join('\n', Messages.Select(message => ContentOf(message))), Line: Line)
{
    public const string User = "user";
    public const string Assistant = "assistant";

    /// <summary>Who may speak.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["system", User, Assistant];

    /// <summary>Those who may, in words.</summary>
    public static string RolesInWords => $"{string.Join(", ", Roles.SkipLast(1))} or {Roles[^1]}";

    /// <summary>A text as a user's only message.</summary>
    public static ChatExample Question(Example text) => new([ChatTemplate.Message(User, text.Text)], text.Line);

    /// <summary>A conversation that the assistant is to go on with.</summary>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, a content empty, or the last message
    /// the assistant's.</exception>
    public static ChatExample Question(IReadOnlyList<(string Role, string Content)> messages)
    {
        foreach ((string role, string content) in messages)
        {
            if (!Roles.Contains(role) || content.Trim() == "")
            {
                throw new ArgumentException(
                    $"A message has the role '{role}' and the content '{content}'; expected the role {RolesInWords}, "
                    + "and a text.", nameof(messages));
            }
        }

        return messages.Count > 0 && messages[^1].Role != Assistant
            ? new([.. messages.Select(message => ChatTemplate.Message(message.Role, message.Content))])
            : throw new ArgumentException(
                "The assistant is to answer; expected messages of which another's is the last.", nameof(messages));
    }

    /// <summary>The conversation before the assistant's last message, and that message; null where nothing stands
    /// before it, or there is none.</summary>
    public (ChatExample Question, string Answer)? LastAnswer
    {
        get
        {
            int last = Enumerable.Range(0, Messages.Count).LastOrDefault(i => RoleOf(Messages[i]) == Assistant);
            return last > 0 ? (new([.. Messages.Take(last)], Line), ContentOf(Messages[last])) : null;
        }
    }

    /// <summary>Who speaks in a message.</summary>
    public static string RoleOf(Mapping message) => (string)message["role"]!;

    /// <summary>What is said in it.</summary>
    public static string ContentOf(Mapping message) => (string)message["content"]!;
}
