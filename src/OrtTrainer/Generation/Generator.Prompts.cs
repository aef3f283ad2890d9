using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.Seq2Seq;

namespace OrtTrainer.Generation;

/// <content>What is written behind: prompts, sources of an encoder, and conversations.</content>
public sealed partial class Generator
{
    private readonly Lazy<GenerationRules> _chatRules;

    /// <summary>Tokens that are read, and the rules for what is written.</summary>
    private readonly record struct Question(int[] Ids, GenerationRules Rules);

    /// <summary>Writes the answer in a conversation, by the model's chat template, a piece of text at a time.</summary>
    /// <param name="chat">Its messages: role (system, user or assistant) and content; the last is the user's.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the messages are not such a
    /// conversation.</exception>
    /// <exception cref="RunException">There is no chat template or it refuses the messages, or these have as many
    /// tokens as the model has positions; or the model has an encoder.</exception>
    public IEnumerable<string> Stream(
        IReadOnlyList<(string Role, string Content)> chat, GenerationOptions? options = null,
        CancellationToken cancellation = default) =>
        Stream(ChatExample.Question(chat), options, cancellation);

    private Question QuestionOf(Example prompt)
    {
        if (prompt is not ChatExample chat)
        {
            return new(IdsOf(prompt.Text), _rules);
        }

        return _beside is null
            ? new(WithRoom(ChatTokens.OfQuestion(chat.Messages, _tokenizer)), _chatRules.Value)
            : throw new RunException("The model has an encoder, which reads sources and no chats. Take a decoder.");
    }

    /// <summary>The model's rules, by which the token that ends the assistant's messages ends what is
    /// written.</summary>
    private GenerationRules ChatRules() => ChatTokens.EndOfAnswer(_tokenizer) is { } end
        ? _rules with { Ends = [.. _rules.Ends.Union([end])] }
        : _rules;

    private int[] IdsOf(string prompt)
    {
        if (_beside is var (_, limit))
        {
            return TargetTokens.Cut(prompt, _tokenizer, limit).Tokens.Ids is { Length: > 0 } source
                ? source
                : throw new RunException("The text has no tokens, so that there is nothing to make another of. Give a "
                    + "text.");
        }

        return WithRoom(CompletionTokens.OfPrompt(prompt, _tokenizer));
    }

    private int[] WithRoom(int[] ids)
    {
        if (ids.Length == 0)
        {
            throw new RunException("The prompt is empty and the tokenizer begins texts with no token, so that there is "
                + "nothing to write on from. Give a prompt.");
        }

        return ids.Length < _positions
            ? ids
            : throw new RunException($"The prompt has {ids.Length} tokens; the model has {_positions} positions, of "
                + "which one at least is for what is written. Shorten the prompt.");
    }
}
