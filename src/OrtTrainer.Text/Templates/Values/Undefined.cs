namespace OrtTrainer.Text.Templates.Values;

/// <summary>What a name or field stands for that there is not: empty where it is written, and an error where more is
/// asked of it.</summary>
/// <param name="name">What is not there, as messages say it.</param>
internal sealed class Undefined(string name)
{
    /// <summary>The complaint of whoever needs it.</summary>
    public TemplateException Missing => new($"{name} is not defined.");
}
