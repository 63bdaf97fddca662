/**
 * The provider that a URL belongs to, by the names that `@pydantic/genai-prices` uses. The name of a
 * host that is not known is the host itself: a proxy, or a server of the user's own.
 */
export function providerOf(url: string): string {
  if (!URL.canParse(url)) return "unknown";
  const { hostname, pathname } = new URL(url);
  const host = hostname.toLowerCase();
  if (host === "router.huggingface.co") {
    const [, partner] = pathname.split("/");
    return partner === undefined || partner === "v1" ? host : `huggingface_${partner}`;
  }
  const known = DOMAINS.find(([domain]) => host === domain || host.endsWith(`.${domain}`));
  return known?.[1] ?? host;
}

/** A domain stands for itself and for its subdomains. */
const DOMAINS: readonly (readonly [domain: string, provider: string])[] = [
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["googleapis.com", "google"],
  ["openai.azure.com", "azure"],
  ["azure-api.net", "azure"],
  ["cognitiveservices.azure.com", "azure"],
  ["services.ai.azure.com", "azure"],
  ["amazonaws.com", "aws"],
  ["api.groq.com", "groq"],
  ["openrouter.ai", "openrouter"],
  ["api.x.ai", "x-ai"],
  ["api.deepseek.com", "deepseek"],
  ["api.mistral.ai", "mistral"],
  ["codestral.mistral.ai", "mistral"],
  ["api.together.xyz", "together"],
  ["api.together.ai", "together"],
  ["api.fireworks.ai", "fireworks"],
  ["api.perplexity.ai", "perplexity"],
  ["api.cerebras.ai", "cerebras"],
  ["api.cohere.com", "cohere"],
  ["api.cohere.ai", "cohere"],
  ["api.moonshot.ai", "moonshotai"],
  ["api.moonshot.cn", "moonshotai"],
  ["api.minimax.io", "minimax"],
  ["api.minimaxi.com", "minimax"],
  ["api.novita.ai", "novita"],
  ["api.voyageai.com", "voyageai"],
  ["api.z.ai", "zai"],
  ["open.bigmodel.cn", "zhipuai"],
  ["api.githubcopilot.com", "github-copilot"],
  ["api.cloudflare.com", "cloudflare"],
];
