using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Hosting;

/// <summary>Tells what is done again and again that its period may have changed; the settings themselves are the generations'.</summary>
/// <param name="reconsider">What each of them does then; must not fail.</param>
internal sealed class Rhythms(IReadOnlyList<Action> reconsider) : IReloadable
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) => [];

    /// <inheritdoc/>
    public Reload Prepare(AdapterConfiguration changed, List<SettingFault> faults) => new(
        () =>
        {
            foreach (var each in reconsider)
            {
                each();
            }
        },
        static () => { });
}
