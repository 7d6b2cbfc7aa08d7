using System.Text;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Keys;

/// <summary>What is wrong with a key, in words for whoever has to cure it; never a secret.</summary>
/// <param name="Code">Code of the closed list.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Remedy">What cures it, a command where there is one.</param>
internal sealed record KeyFault(KeyFaultCode Code, string Problem, string Remedy)
{
    /// <summary>The stable spelling of the code, for example <c>key_pin_wrong</c>.</summary>
    public string CodeName => Spell(Code.ToString());

    /// <summary>The fault as one of a setting.</summary>
    public SettingFault Of(string setting) => new(setting, $"{CodeName}: {Problem}", Remedy);

    private static string Spell(string name)
    {
        var text = new StringBuilder("key");
        foreach (var c in name)
        {
            text.Append(char.IsUpper(c) ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
