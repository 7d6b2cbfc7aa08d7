namespace Tunduk.Adapter.Configuration;

/// <summary>
/// A part of the adapter that takes a changed configuration without a restart.
/// </summary>
/// <remarks>
/// A change is taken by all parts or by none: every part prepares first, and commits only where no part found a fault. What a
/// part prepares must not touch what is in force; its commit must not fail.
/// </remarks>
internal interface IReloadable
{
    /// <summary>
    /// The settings it takes, as paths (<c>Callers</c>, <c>Listen:Is:TrustedPlainHttp</c>; <c>*</c> stands for a place in a
    /// list). A changed setting that no part takes waits for a restart.
    /// </summary>
    IReadOnlyList<string> Settings { get; }

    /// <summary>Whether a change that it refused may be taken though no file has changed since: a token that was not there.</summary>
    bool IsBroken { get; }

    /// <summary>Files, as absolute paths, whose change is a change of the configuration.</summary>
    IEnumerable<string> Files(AdapterConfiguration configuration);

    /// <summary>Makes what the changed configuration asks for; null, and at least one fault, where that cannot be.</summary>
    Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults);
}
