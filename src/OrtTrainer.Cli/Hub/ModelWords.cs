using System.Reflection;
using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Hub;

/// <summary>
/// Puts the folders of models from a hub, and that of the embedded one, in the place of their words, in every option
/// that takes a folder. Options of a run keep the word, which its files then name.
/// </summary>
internal static class ModelWords
{
    private const string FolderValue = "DIR";
    private const string TokenizerOption = nameof(PretrainArguments.Tokenizer);

    public static T Resolve<T>(T arguments)
        where T : CommandArguments
    {
        foreach (PropertyInfo property in typeof(T).GetProperties().Where(TakesFolder))
        {
            if (property.GetValue(arguments) is not string word)
            {
                continue;
            }

            if (HubModels.IsWord(word))
            {
                property.SetValue(arguments, HubModels.FolderOf(
                    word, property.Name == TokenizerOption ? HubContent.Description : arguments.ModelContent));
            }
        }

        return arguments;
    }

    private static bool TakesFolder(PropertyInfo property) =>
        property.PropertyType == typeof(string) && property.CanWrite
        && property.GetCustomAttribute<OptionAttribute>() is { } option && option.LongName != "out"
        && option.MetaValue.StartsWith(FolderValue, StringComparison.Ordinal);
}
