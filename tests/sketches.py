"""Sketches of the other procedures of section G, each as a playbook's text."""

AGEING = """
grammar: 1
name: ageing
ladders:
  - ladder: collection
    start: due
    while: {stage: [confirmation, collection]}
    steps:
      - step: friendly
        rule: G-ageing
        at: P1D
        do: &ask [{message: {template: friendly}}, {task: {kind: call, why: overdue}}]
      - {step: weekly, rule: G-ageing, at: [P8D, P15D, P22D, P29D], do: *ask}
      - {step: every-three-days, rule: G-ageing, at: P31D, every: P3D, until: closed, do: *ask}
      - step: formal-letter
        rule: G-ageing
        at: P61D
        do:
          - request:
              kind: letter
              role: boss
              again: P14D
              granted: [{letter: {kind: formal_dunning, level: formal}}]
      - step: visit
        rule: G-ageing
        at: P91D
        when: {amount_at_least: {CNY: "100000", USD: "15000"}}
        do: [{task: {kind: visit, why: overdue}}]
      - step: hand-over-wilful
        rule: G-ageing
        start: {flag: wilful_default}
        do: &hand-over [{request: {kind: hand_over, role: boss, again: P14D, granted: [{propose: hand_over}]}}]
      - {step: hand-over, rule: G-ageing, at: P121D, do: *hand-over}
"""

PRESSURE = """
grammar: 1
name: pressure
ladders:
  - ladder: relationship
    start: statement
    while: {stage: [confirmation, collection]}
    steps:
      - {step: relationship-call, rule: G-pressure, at: P10D, do: [{task: {kind: call, why: relationship}}]}
  - ladder: collection
    start: due
    while: {stage: [confirmation, collection]}
    steps:
      - {step: ask-cause, rule: G-pressure, at: P1D, do: [{task: {kind: call, why: ask_cause, requires: [cause]}}]}
      - {step: first-letter, rule: G-pressure, at: P7D, do: [{letter: {kind: reminder}}]}
      - {step: urgent, rule: G-pressure, at: P31D, do: [{letter: {kind: urgent}}, {escalate: supervisor}]}
      - step: stern
        rule: G-pressure
        at: P61D
        do: [{letter: {kind: stern}}, {propose: credit_stop}, {escalate: manager}]
      - step: final-notice
        rule: G-pressure
        at: P76D
        wait: {without_progress: P14D}
        do: [{letter: {kind: final_notice}}]
      - step: agency-or-lawyer
        rule: G-pressure
        at: P91D
        do: [{request: {kind: hand_over, role: boss, again: P14D, granted: [{propose: hand_over}]}}]
"""

EARLY_REMINDER = """
grammar: 1
name: early-reminder
parameters:
  grace: {preferred: P7D, standard: P3D, risk: P0D}
ladders:
  - ladder: before
    start: due
    while: {stage: [confirmation, collection]}
    steps:
      - step: statement
        rule: G-early
        at: {open_days: -5}
        never_after: P0D
        do: [{message: {template: statement, channel: sms}}, {message: {template: statement}}]
      - {step: call-before, rule: G-early, at: {open_days: -3}, never_after: P0D, do: [{task: {kind: call, why: due_soon}}]}
  - ladder: after
    start: due
    while: {stage: [confirmation, collection]}
    steps:
      - step: chase
        rule: G-early
        at: {offset: P1D, parameter: grace}
        every: P7D
        until: closed
        do:
          - message: {template: overdue}
          - message: {template: overdue, channel: sms}
          - task: {kind: call, why: overdue}
      - {step: visit, rule: G-early, at: P31D, do: [{task: {kind: visit, why: overdue}}]}
      - {step: supervisor, rule: G-early, at: P61D, do: [{escalate: supervisor}]}
      - step: legal
        rule: G-early
        at: P91D
        do: [{request: {kind: hand_over, role: boss, again: P14D, granted: [{propose: hand_over}]}}]
"""

HOTEL = """
grammar: 1
name: hotel
ladders:
  - ladder: statements
    scope: customer
    start: {day_of_month: 5}
    select: {having: open_bills}
    steps:
      - {step: statement, rule: G-hotel, do: [{propose: statement}, {task: {kind: pod, why: delivery_signed}}]}
  - ladder: delivered
    start: pod
    while: {stage: [confirmation], confirmed: false}
    steps:
      - {step: call, rule: G-hotel, at: P7D, do: [{task: {kind: call, why: confirm_bill}}]}
  - ladder: reconciliation
    start: due
    while: {stage: [confirmation, collection], confirmed: false}
    steps:
      - {step: on-site, rule: G-hotel, do: [{task: {kind: reconcile, why: on_site, role: owner}}]}
  - ladder: wilful
    start: {flag: wilful_delay}
    steps:
      - {step: tell-finance, rule: G-hotel, at: now, do: [{notice: {audience: [finance], text: wilful_delay}}]}
  - ladder: credit
    scope: customer
    start: every_day
    select: {having: overdue_bills}
    steps:
      - {step: too-old, rule: E3, when: {oldest_overdue_over: 60}, do: [{propose: credit_stop}]}
      - {step: too-much, rule: E3, when: {exposure_over_limit: true}, do: [{propose: credit_stop}]}
"""

PHONE = """
grammar: 1
name: phone
ladders:
  - ladder: calls
    start: due
    while: {stage: [confirmation, collection]}
    steps:
      - step: first-contact
        rule: G-phone
        at: P1D
        do:
          - task:
              kind: call
              why: state_debt
              points: [workplace, home, mobile, third_party]
              requires: [contact, verified, willingness, ability, notes]
      - step: follow-up
        rule: G-phone
        at: P3D
        every: P3D
        until: P60D
        unless: {last_outcome: [refused]}
        do: [{task: {kind: call, why: follow_up, requires: [contact, notes]}}]
      - step: plan
        rule: G-phone
        at: P7D
        when: {last_outcome: [promised, reached]}
        do: [{task: {kind: call, why: repayment_plan, requires: [ability]}}]
      - step: exhausted
        rule: G-phone
        at: P10D
        when: {last_outcome: [not_reached, wrong_number, left, moved]}
        do: [{task: {kind: find_contact, why: exhausted}}]
      - {step: supervisor, rule: G-phone, at: P20D, when: {last_outcome: [not_reached]}, do: [{escalate: supervisor}]}
      - step: wilful
        rule: G-phone
        start: {flag: wilful}
        do: [{request: {kind: hand_over, role: boss, granted: [{propose: hand_over}]}}]
"""

EMPLOYEE = """
grammar: 1
name: employee
ladders:
  - ladder: accounts
    scope: customer
    start: {day_of_month: 5}
    select: {having: open_bills}
    steps:
      - step: statement
        rule: G-employee
        do: [{request: {kind: letter, role: finance, granted: [{letter: {kind: statement}}]}}]
      - step: deduction
        rule: G-employee
        start: {day_of_month: 16}
        when: {oldest_overdue_over: 0}
        do: [{task: {kind: deduct, why: payroll_deduction, role: finance, due: P5D}}]
  - ladder: weekly-look
    scope: tenant
    start: {weekday: 5}
    steps:
      - {step: look, rule: G-employee, do: [{notice: {audience: [finance], text: staff_accounts}}]}
"""

SKETCHES = {
    "ageing": AGEING,
    "pressure": PRESSURE,
    "early-reminder": EARLY_REMINDER,
    "hotel": HOTEL,
    "phone": PHONE,
    "employee": EMPLOYEE,
}
