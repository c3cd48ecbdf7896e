// What a partner's developer writes on top of the types; compiled by test_typescript.py, never run.
import type { components, paths } from "./api";

type Send = paths["/v1/enrolments/batches"]["post"];
type Batch = Send["requestBody"]["content"]["application/json"];
type Outcome = Send["responses"][200]["content"]["application/json"];
type Problem = components["schemas"]["Problem"];

export const batch: Batch = {
  mode: "validate",
  items: [
    {
      external_ref: "HPN-1",
      commune_code: "18628",
      full_name: "Nguyễn Thị Thử",
      birth_date: "1984-03-02",
      product: "bhxh_tn",
      method: "months_12",
      monthly_income: 1500000,
      from_month: "2026-12",
    },
  ],
};

export const headers: Send["parameters"]["header"] = { "Idempotency-Key": "một khóa" };

export function toCorrect(outcome: Outcome): string[] {
  return outcome.items.flatMap((row) => (row.status === "rejected" ? row.errors.map((e) => e.pointer) : []));
}

export function code(problem: Problem): string {
  return `${problem.status} ${problem.code} ${problem.errors.length}`;
}

// @ts-expect-error there is no such mode
export const wrongMode: Batch["mode"] = "try";

// @ts-expect-error a number is no name
export const wrongName: Batch["items"][number] = { ...batch.items[0]!, full_name: 7 };

// @ts-expect-error the key is needed
export const noKey: Send["parameters"]["header"] = {};
