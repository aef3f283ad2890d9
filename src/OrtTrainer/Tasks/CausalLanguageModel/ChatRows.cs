using System.Text.Json;
using OrtTrainer.Data;
using OrtTrainer.Text;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>Reads conversations: a list of messages in a column of JSON, each with a role and a content.</summary>
internal static class ChatRows
{
    /// <summary>The column of the messages.</summary>
    public const string Messages = "messages";

    /// <summary>A conversation to learn from, which has an answer of the assistant at least.</summary>
    /// <exception cref="DataFileException">It is malformed, or has none.</exception>
    public static ChatExample Read(DataRow row)
    {
        ChatExample chat = ReadAny(row);
        return chat.Messages.Any(IsAnswer)
            ? chat
            : throw Bad(row, "has no message of the assistant, whose words are learned; expected one or more. "
                + "Write the answer, or take the row out.");
    }

    /// <summary>A conversation that is to be gone on with, whose last word the assistant does not have.</summary>
    /// <exception cref="DataFileException">It is malformed, or ends with an answer.</exception>
    public static ChatExample ReadQuestion(DataRow row)
    {
        ChatExample chat = ReadAny(row);
        return IsAnswer(chat.Messages[^1])
            ? throw Bad(row, "ends with a message of the assistant, who is to answer; expected one of the user. "
                + "Take that message out.")
            : chat;
    }

    private static bool IsAnswer(Mapping message) => ChatExample.RoleOf(message) == ChatExample.Assistant;

    private static ChatExample ReadAny(DataRow row)
    {
        if (row.KindOf(Messages) != FieldKind.List)
        {
            throw Bad(row, "is no list; expected messages such as [{\"role\": \"user\", \"content\": \"…\"}].");
        }

        using JsonDocument document = JsonDocument.Parse(row[Messages]);
        List<Mapping> messages = [];
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            messages.Add(MessageOf(row, messages.Count + 1, element));
        }

        return messages.Count > 0
            ? new ChatExample(messages, row.Line)
            : throw Bad(row, "is empty; expected one message or more. Take the row out.");
    }

    private static Mapping MessageOf(DataRow row, int number, JsonElement element)
    {
        if (ChatTemplate.ValueOf(element) is not Mapping message)
        {
            throw Bad(row, number, "is no object; expected one with role and content.");
        }

        object? role = message.GetValueOrDefault("role");
        if (role is not string || !ChatExample.Roles.Contains(role))
        {
            throw Bad(row, number, $"has {(role is string word ? $"the role '{word}'" : "no role")}; expected "
                + $"{ChatExample.RolesInWords}.");
        }

        return message.GetValueOrDefault("content") switch
        {
            string content when content.Trim() != "" => message,
            string => throw Bad(row, number, $"({role}) is empty; expected a text. Write it, or take the row out."),
            var other => throw Bad(
                row, number, $"({role}) has {ValueText.Kind(other)} as its content; expected a text."),
        };
    }

    private static DataFileException Bad(DataRow row, int number, string problem) =>
        Bad(row, $"is not as expected: message {number} {problem}");

    private static DataFileException Bad(DataRow row, string problem) =>
        new(row.File, row.Line, $"'{Messages}' {problem}");
}
